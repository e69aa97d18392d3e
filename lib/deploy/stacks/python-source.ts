// Reads a Python module as far as is needed to see how it serves: its top-level statements, with strings and comments
// taken out, so that a word in a docstring decides nothing. It is no parser; what it cannot tell, it does not claim.

/** `script`: the module starts its own server when it is run. `factory`: the target is called to get the application. */
export type Serving = { kind: 'wsgi' | 'asgi'; target: string; factory: boolean } | { kind: 'script' };
type Callable = Exclude<Serving, { kind: 'script' }>;

const ASGI_MAKERS = /^(?:FastAPI|Starlette|Quart|Litestar|Sanic|BlackSheep|ASGIApp|get_asgi_application)$/;
const WSGI_MAKERS = /^(?:Flask|APIFlask|Bottle|default_app|get_wsgi_application|DispatcherMiddleware)$/;
const ASGI_IMPORT = /^(?:from|import)\s+(?:fastapi|starlette|quart|litestar|sanic|blacksheep)\b/m;
const OWN_SERVER =
  /\b(?:serve_forever|run_app|uvicorn\.run|app\.run|application\.run|waitress\.serve|HTTPServer|TCPServer)\s*\(/;

/** How the module serves, or null when nothing in it says so. */
export function readServing(text: string): Serving | null {
  const code = withoutStringsAndComments(text);
  const statements = topLevel(code);
  if (statements.some((line) => /^(?:(?:app|application)\.run|uvicorn\.run)\s*\(/.test(line)))
    return { kind: 'script' };
  const isAsgi = ASGI_IMPORT.test(code);
  const found = statements.map((line) => readStatement(line, isAsgi)).filter((callable) => callable !== null);
  const direct = found.filter(({ factory }) => !factory);
  const named = (name: string) => direct.find(({ target }) => target === name);
  return (
    named('application') ?? named('app') ?? direct[0] ?? found[0] ?? (OWN_SERVER.test(code) ? { kind: 'script' } : null)
  );
}

/** `application` or `app`, whichever a module called wsgi or asgi defines, however it was made. */
export function findCallableName(text: string): 'application' | 'app' | null {
  const statements = topLevel(withoutStringsAndComments(text));
  const defines = (name: string) => {
    const definition = new RegExp(`^(?:(?:async\\s+)?def|class)\\s+${name}\\b|^${name}\\s*(?::[^=]+)?=(?!=)`);
    const word = new RegExp(`\\b${name}\\b`);
    return statements.some((line) => definition.test(line) || word.test(importedBy(line)));
  };
  return (['application', 'app'] as const).find(defines) ?? null;
}

/** What stands behind the first `import` of a `from … import …`. In steps: one expression for all is slow to fail. */
function importedBy(line: string): string {
  const [start] = /^from\s.*?\bimport\b/.exec(line) ?? [];
  return start === undefined ? '' : line.slice(start.length);
}

function readStatement(line: string, isAsgi: boolean): Callable | null {
  const definition = /^(async\s+)?def\s+(\w+)\s*\(([^)]*)\)/.exec(line);
  if (definition) return readDefinition(definition[1] !== undefined, definition[2] ?? '', definition[3] ?? '', isAsgi);
  const assignment = /^(\w+)\s*(?::[^=]+)?=(?!=)\s*(?:\w+\s*=\s*)*([\w.]+)\s*\(/.exec(line);
  if (!assignment) return null;
  const [, target = '', callee = ''] = assignment;
  const maker = callee.split('.').at(-1) ?? '';
  if (callee === 'falcon.asgi.App' || ASGI_MAKERS.test(maker)) return { kind: 'asgi', target, factory: false };
  if (/^falcon\.(?:App|API)$/.test(callee) || WSGI_MAKERS.test(maker)) return { kind: 'wsgi', target, factory: false };
  const isMade = /^(?:app|application)$/.test(target) && /^(?:create|make|get)_app(?:lication)?$/.test(maker);
  return isMade ? { kind: isAsgi ? 'asgi' : 'wsgi', target, factory: false } : null;
}

function readDefinition(isAsync: boolean, name: string, parameters: string, isAsgi: boolean): Callable | null {
  const all = parameters.split(',').map((parameter) => parameter.trim());
  const words = all.filter((parameter) => parameter !== '' && parameter !== '/');
  const isNamed = name === 'app' || name === 'application';
  if (isAsync && words.length === 3 && (isNamed || /^scope\b/.test(words[0] ?? ''))) {
    return { kind: 'asgi', target: name, factory: false };
  }
  if (!isAsync && words.length === 2 && (isNamed || /^start_response\b/.test(words[1] ?? ''))) {
    return { kind: 'wsgi', target: name, factory: false };
  }
  const needsNothing = words.every((word) => word.includes('=') || word.startsWith('*'));
  if (isAsync || name !== 'create_app' || !needsNothing) return null;
  return { kind: isAsgi ? 'asgi' : 'wsgi', target: name, factory: true };
}

/** The statements that start at the margin, each with what continues it inside brackets. */
function topLevel(code: string): string[] {
  const statements: string[] = [];
  let depth = 0;
  for (const line of code.split('\n')) {
    const last = statements.length - 1;
    if (depth > 0 && last >= 0) statements[last] += ` ${line.trim()}`;
    else if (/^\S/.test(line)) statements.push(line.trimEnd());
    for (const character of line) {
      if ('([{'.includes(character)) depth += 1;
      else if (')]}'.includes(character)) depth = Math.max(0, depth - 1);
    }
  }
  return statements;
}

const STRING_OR_COMMENT =
  /#[^\n]*|"""(?:\\[\s\S]|(?!""")[\s\S])*(?:"""|(?![\s\S]))|'''(?:\\[\s\S]|(?!''')[\s\S])*(?:'''|(?![\s\S]))|"(?:\\[\s\S]|[^"\\\n])*"?|'(?:\\[\s\S]|[^'\\\n])*'?/g;

/** Replaces each string by "" and drops comments, so that the brackets and words that remain are code. */
export function withoutStringsAndComments(text: string): string {
  const lines = text
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n')
    .replace(/\\\n/g, ' ');
  return lines.replace(STRING_OR_COMMENT, (found) => (found.startsWith('#') ? '' : '""'));
}
