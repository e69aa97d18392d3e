import { createServer } from 'node:http';
import ms from 'ms';
import bytes from 'bytes';

createServer((request, response) => {
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.end(`node: ${ms(90_000)} and ${bytes(2048)} at ${request.url}\n`);
}).listen(process.env.PORT, process.env.HOST);
