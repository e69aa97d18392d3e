// The API tokens of the account: make one, see which are used, revoke.

'use client';

import { Plus } from 'lucide-react';
import { useState } from 'react';
import type { TokenView } from '#lib/tokens/tokens.ts';
import { BUTTON } from '../../_components/buttons.ts';
import { callApi, type Problem } from '../../_components/call-api.ts';
import { Card } from '../../_components/card.tsx';
import { Dialog } from '../../_components/dialog.tsx';
import { Notice } from '../../_components/notice.tsx';
import { SecretOnce } from '../../_components/secret-once.tsx';
import { TokenForm, type TokenFormWish } from './token-form.tsx';
import { TokenRow } from './token-row.tsx';

interface TokensSectionProps {
  initial: TokenView[];
  max: number;
  /** Names of the sites that a token can be for. */
  sites: string[];
}

export function TokensSection({ initial, max, sites }: TokensSectionProps) {
  const [tokens, setTokens] = useState(initial);
  const [isAsking, setAsking] = useState(false);
  const [told, setTold] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [said, setSaid] = useState('');

  const load = async () => {
    const answer = await callApi<{ tokens: TokenView[] }>('GET', '/api/tokens');
    if (answer.ok) setTokens(answer.data.tokens);
  };
  const make = async (wish: TokenFormWish): Promise<Problem | null> => {
    const answer = await callApi<{ token: string }>('POST', '/api/tokens', wish);
    if (!answer.ok) return answer.problem;
    setTold(answer.data.token);
    setAsking(false);
    await load();
    return null;
  };
  const revoke = async (id: string) => {
    const answer = await callApi('DELETE', '/api/tokens', { id });
    setProblem(answer.ok ? null : answer.problem);
    setSaid(answer.ok ? 'The token was revoked.' : '');
    await load();
  };

  const isFull = tokens.length >= max;
  return (
    <Card
      title="API tokens"
      id="api-tokens"
      aside={
        <button type="button" className={BUTTON.quiet} disabled={isFull} onClick={() => setAsking(true)}>
          <Plus className="size-4" aria-hidden="true" />
          New token
        </button>
      }
    >
      <div className="flex flex-col gap-3 text-sm">
        {told ? (
          <SecretOnce text={told} what="the token" testId="new-token">
            Keep this token now: it is not shown again.
          </SecretOnce>
        ) : null}
        {tokens.length === 0 ? (
          <p className="text-muted">
            A token stands for you in scripts, and is the password of git over HTTP. Each has its own end and can be
            revoked alone.
          </p>
        ) : null}
        <ul className="flex flex-col gap-2 empty:hidden">
          {tokens.map((token) => (
            <TokenRow key={token.id} token={token} onRevoke={revoke} />
          ))}
        </ul>
        <p className="text-muted">
          What a script can ask is in{' '}
          <a href="/api/openapi.json" className="underline underline-offset-4">
            the API’s document
          </a>
          .
        </p>
        {isFull ? <p className="text-muted">These are all there may be: revoke one to make another.</p> : null}
        {problem ? (
          <Notice tone="bad" message={problem.message} hint={problem.hint} urgent testId="token-problem" />
        ) : null}
        <p role="status" className="sr-only">
          {said}
        </p>
      </div>
      <Dialog title="New API token" id="token-dialog" isOpen={isAsking} onClose={() => setAsking(false)}>
        <TokenForm sites={sites} onMake={make} onClose={() => setAsking(false)} />
      </Dialog>
    </Card>
  );
}
