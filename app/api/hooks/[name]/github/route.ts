// POST is GitHub's webhook, signed with the site's hook secret: a push to the followed branch is fetched and deployed.

import { answerHook } from '#lib/api/github-hook.ts';
import { handle } from '#lib/api/handle.ts';

export const POST = handle<{ name: string }>(answerHook, { isCounted: false });
