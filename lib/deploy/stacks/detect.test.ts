import { describe, expect, test } from 'vitest';
import { AppError } from '../../errors/app-error.ts';
import { detect } from './detect.ts';
import type { BuildPlan, SourceTree } from './plan.ts';
import { filesToRead } from './tree.ts';

/** A tree from path to text; the content's name is its text, as git's would be its hash. */
function tree(files: Record<string, string>): SourceTree {
  const listed = Object.entries(files).map(([path, text]) => ({
    path,
    sizeBytes: text.length,
    mode: '100644',
    id: `id of ${text}`,
  }));
  const read = filesToRead(listed);
  return { files: listed, texts: new Map(read.map((path) => [path, files[path] ?? ''])) };
}

const plan = (files: Record<string, string>): BuildPlan => detect(tree(files), 'base-1');

function refusal(files: Record<string, string>): AppError {
  try {
    plan(files);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const pkg = (fields: object) => JSON.stringify(fields);
const FLASK = 'from flask import Flask\napp = Flask(__name__)\n';
const STDLIB =
  'import os\nfrom http.server import HTTPServer, BaseHTTPRequestHandler\nclass H(BaseHTTPRequestHandler):\n    pass\nHTTPServer(("", int(os.environ["PORT"])), H).serve_forever()\n';

const TITLES: [string, Record<string, string>, string][] = [
  ['a program with its own server', { 'main.py': STDLIB }, 'Python, python3 main.py'],
  ['a main.py that says nothing of how it serves', { 'main.py': 'import site_of_mine\n' }, 'Python, python3 main.py'],
  [
    'a WSGI function',
    { 'app.py': 'def application(environ, start_response):\n    return []\n' },
    'Python, gunicorn for app:application',
  ],
  [
    'a WSGI function with other names for its two parameters',
    { 'main.py': 'def app(env, start):\n  pass\n' },
    'Python, gunicorn for main:app',
  ],
  [
    'a Flask app that can also run itself',
    { 'app.py': `${FLASK}if __name__ == "__main__":\n    app.run()\n` },
    'Python, gunicorn for app:app',
  ],
  [
    'a Flask app that runs itself at import',
    { 'app.py': `${FLASK}app.run(host="0.0.0.0")\n` },
    'Python, python3 app.py',
  ],
  [
    'a Flask app under another name',
    { 'main.py': 'import flask\nweb = flask.Flask("x")\n' },
    'Python, gunicorn for main:web',
  ],
  [
    'a Flask factory',
    { 'app/__init__.py': 'from flask import Flask\ndef create_app(config=None):\n    return Flask(__name__)\n' },
    'Python, gunicorn for app:create_app()',
  ],
  [
    'a factory and the app it made',
    { 'app.py': 'def create_app():\n  pass\napp = create_app()\n' },
    'Python, gunicorn for app:app',
  ],
  ['Bottle', { 'app.py': 'import bottle\napp = application = bottle.default_app()\n' }, 'Python, gunicorn for app:app'],
  ['a Falcon ASGI app', { 'app.py': 'import falcon.asgi\napp = falcon.asgi.App()\n' }, 'Python, uvicorn for app:app'],
  ['an ASGI function', { 'app.py': 'async def app(scope, receive, send):\n    pass\n' }, 'Python, uvicorn for app:app'],
  [
    'an ASGI function over several lines',
    { 'main.py': 'async def application(\n    scope,\n    receive,\n    send,\n):\n    pass\n' },
    'Python, uvicorn for main:application',
  ],
  [
    'FastAPI with arguments over several lines',
    { 'main.py': 'from fastapi import FastAPI\napi: FastAPI = FastAPI(\n    title="x",\n)\n' },
    'Python, uvicorn for main:api',
  ],
  [
    'FastAPI in a package',
    { 'app/__init__.py': '', 'app/main.py': 'from fastapi import FastAPI\napp = FastAPI()\n' },
    'Python, uvicorn for app.main:app',
  ],
  [
    'a FastAPI factory',
    { 'main.py': 'import fastapi\ndef create_app():\n    return fastapi.FastAPI()\n' },
    'Python, uvicorn for main:create_app',
  ],
  [
    'a module called wsgi',
    { 'wsgi.py': 'from shop import build\napplication = build("prod")\n' },
    'Python, gunicorn for wsgi:application',
  ],
  [
    'a module called asgi',
    { 'asgi.py': 'from shop.web import app\n', 'main.py': STDLIB },
    'Python, uvicorn for asgi:app',
  ],
  [
    'Django',
    { 'manage.py': '', 'shop/wsgi.py': 'x', 'shop/settings.py': '' },
    'Python, gunicorn for shop.wsgi:application',
  ],
  [
    'words in a docstring decide nothing',
    { 'main.py': `"""\napp = Flask(__name__)\n# it's\n"""\n${STDLIB}` },
    'Python, python3 main.py',
  ],
  ['words in a comment decide nothing', { 'main.py': `# app = FastAPI()\n${STDLIB}` }, 'Python, python3 main.py'],
  [
    'a nested function decides nothing',
    { 'main.py': 'def make():\n    def app(environ, start_response):\n        pass\n' },
    'Python, python3 main.py',
  ],
  ['a start script', { 'package.json': pkg({ scripts: { start: 'node web.js' } }), 'web.js': '' }, 'Node, node web.js'],
  [
    'a start script with a hook before it',
    { 'package.json': pkg({ scripts: { start: 'node .', prestart: 'true' } }) },
    'Node, npm start',
  ],
  ['a main file', { 'package.json': pkg({ main: './lib/run.js' }), 'lib/run.js': '' }, 'Node, node lib/run.js'],
  ['no word, but a server.js', { 'package.json': '{}', 'server.js': '' }, 'Node, node server.js'],
  [
    'a built main file',
    { 'package.json': pkg({ main: 'dist/run.js', scripts: { build: 'tsc' } }) },
    'Node, node dist/run.js',
  ],
  [
    'a bundler and its page',
    { 'package.json': pkg({ scripts: { build: 'vite build' } }), 'index.html': '', 'main.js': '' },
    'Node, npm run build, then its files',
  ],
  [
    'tools of a plain page',
    { 'package.json': pkg({ devDependencies: { prettier: '3' } }), 'index.html': '', 'index.js': '' },
    'Plain files',
  ],
  ['a page at the top', { 'index.html': '', 'style.css': '' }, 'Plain files'],
  ['a page in a folder', { 'README.md': '', 'public/index.html': '' }, 'Plain files in public/'],
  [
    'a Procfile before everything',
    { Procfile: 'worker: x\nweb:  gunicorn  shop:app \n', 'main.py': STDLIB },
    'Python, gunicorn  shop:app',
  ],
];

describe('the stack of a tree', () => {
  test.each(TITLES)('%s', (_name, files, title) => {
    expect(plan(files).title).toBe(title);
  });

  test('a tree that says nothing is refused with what was looked for and what is there', () => {
    const { code, message, hint } = refusal({ 'notes.txt': 'x', 'src/a.c': 'x' });
    expect(code).toBe('push-refused');
    expect(message).toContain('no Procfile');
    expect(message).toContain('notes.txt, src');
    expect(hint).toContain('web: your command');
  });

  test('an empty commit, a broken package.json and a Procfile without web are refused by name', () => {
    expect(refusal({}).message).toBe('The commit holds no files.');
    expect(refusal({ 'package.json': '{ "name": ' }).message).toMatch(/^package\.json is not usable/);
    expect(refusal({ 'package.json': '[]' }).message).toMatch(/^package\.json is not usable/);
    expect(refusal({ Procfile: 'worker: x' }).message).toContain('web:');
  });

  test("a link called Procfile is no Procfile's text", () => {
    const files = [{ path: 'Procfile', sizeBytes: 11, mode: '120000', id: 'a' }];
    expect(filesToRead(files)).toEqual([]);
  });

  test('a long unfinished string is read in time', () => {
    const started = Date.now();
    expect(plan({ 'main.py': `x = """${'a"'.repeat(100_000)}` }).title).toBe('Python, python3 main.py');
    expect(Date.now() - started).toBeLessThan(500);
  });
});

describe('dependencies', () => {
  const key = (files: Record<string, string>, base = 'base-1') => detect(tree(files), base).dependencies?.key;
  const flask = { 'app.py': FLASK, 'requirements.txt': 'flask\n' };

  test('are shared by releases whose lists are equal, whatever else changed', () => {
    expect(key({ ...flask, 'app.py': `${FLASK}#\n` })).toBe(key(flask));
  });

  test('are new with another list, another base and another file that the list names', () => {
    const wheels = { ...flask, 'requirements.txt': '--find-links wheels\nx\n' };
    const local = { ...flask, 'requirements.txt': './lib/x-1-py3-none-any.whl\n' };
    expect(key({ ...flask, 'requirements.txt': 'bottle\n' })).not.toBe(key(flask));
    expect(key(flask, 'base-2')).not.toBe(key(flask));
    expect(key({ ...wheels, 'wheels/x.whl': '1' })).not.toBe(key({ ...wheels, 'wheels/x.whl': '2' }));
    expect(key({ ...local, 'lib/x-1-py3-none-any.whl': '1' })).not.toBe(
      key({ ...local, 'lib/x-1-py3-none-any.whl': '2' }),
    );
    expect(key({ ...flask, 'requirements.txt': '.\n', 'x/a': '1' })).not.toBe(
      key({ ...flask, 'requirements.txt': '.\n', 'x/a': '2' }),
    );
    expect(key({ ...flask, 'requirements.txt': 'x @ git+https://a.b/c.git\n', 'c/a': '1' })).toBe(
      key({ ...flask, 'requirements.txt': 'x @ git+https://a.b/c.git\n', 'c/a': '2' }),
    );
  });

  test('of a project that is installed as a link into its release are shared with no other release', () => {
    expect(plan({ ...flask, 'requirements.txt': '-e .\n' }).dependencies?.shared).toBe(false);
    expect(plan(flask).dependencies?.shared).toBe(true);
  });

  test('come from pyproject.toml only when it lists some', () => {
    const settings = { 'main.py': STDLIB, 'pyproject.toml': '[tool.ruff]\nline-length = 100\n' };
    const project = {
      'main.py': STDLIB,
      'pyproject.toml': '[project]\nname = "x"\ndependencies = [\n  # one\n  "flask",\n]\n',
    };
    expect(plan(settings).dependencies).toBeNull();
    expect(plan(project).dependencies?.install).toEqual([['$TOOLS/install-python', 'pyproject.toml']]);
  });

  test('of Node come from the lock file, with development ones only for a build', () => {
    const bare = { 'package.json': pkg({ scripts: { start: 'x' }, dependencies: { a: '1' } }) };
    const built = {
      'package.json': pkg({ scripts: { start: 'x', build: 'y' }, devDependencies: { a: '1' } }),
      'package-lock.json': '{}',
    };
    expect(plan(bare).dependencies?.install).toEqual([['$TOOLS/install-node', 'install', '--omit=dev']]);
    expect(plan(built).dependencies?.install).toEqual([['$TOOLS/install-node', 'ci', '--include=dev']]);
    expect(plan(built).build).toEqual([['npm', 'run', 'build', '--no-update-notifier']]);
  });

  test('of Node that need the whole tree are installed in it', () => {
    const { dependencies, build } = plan({
      'package.json': pkg({ scripts: { start: 'x', postinstall: 'node setup.js' }, dependencies: { a: '1' } }),
    });
    expect(dependencies).toBeNull();
    expect(build[0]?.slice(0, 2)).toEqual(['npm', 'install']);
  });

  test('of Node are copied as links where a bundler refuses a linked folder', () => {
    const files = { 'package.json': pkg({ scripts: { start: 'next start' }, dependencies: { next: '16' } }) };
    expect(plan(files).dependencies?.mount).toBe('hardlinks');
  });
});
