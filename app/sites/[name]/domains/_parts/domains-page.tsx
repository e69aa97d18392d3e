// The domains of a site, each with what it still needs, and the form to add one.

'use client';

import { useState } from 'react';
import type { DomainList, DomainView } from '#lib/domains/view.ts';
import { Card } from '../../../../_components/card.tsx';
import { Notice } from '../../../../_components/notice.tsx';
import { AddDomain } from './add-domain.tsx';
import { DomainCard } from './domain-card.tsx';
import { RemoveDomain } from './remove-domain.tsx';
import { useDomains } from './use-domains.ts';

interface DomainsPageProps {
  name: string;
  initial: DomainList;
  mayChange: boolean;
}

export function DomainsPage({ name, initial, mayChange }: DomainsPageProps) {
  const { list, problem, said, isBusy, add, remove, look } = useDomains(name, initial);
  const [leaving, setLeaving] = useState<DomainView | null>(null);
  const isFull = list.domains.length >= list.max;
  return (
    <>
      {mayChange ? (
        <Card title="Add a domain" id="add-domain">
          {isFull ? (
            <p className="text-sm text-muted">The site has {list.max} domains, which is the most.</p>
          ) : (
            <AddDomain isBusy={isBusy} onAdd={add} />
          )}
        </Card>
      ) : null}
      {problem && !leaving ? (
        <Notice tone="bad" message={problem.message} hint={problem.hint} urgent testId="domain-problem" />
      ) : null}
      <p role="status" className="sr-only">
        {said}
      </p>
      {list.domains.length === 0 ? (
        <p className="max-w-prose text-sm text-muted" data-testid="no-domains">
          The site has no domain of its own yet. With one, visitors come to shop.example.org instead of the address that
          the site has here, over HTTPS where this server can have certificates.
        </p>
      ) : (
        <ul className="flex flex-col gap-4">
          {list.domains.map((domain) => (
            <DomainCard
              key={domain.name}
              domain={domain}
              isBusy={isBusy}
              onLook={mayChange ? () => look(domain.name) : null}
              onRemove={mayChange ? () => setLeaving(domain) : null}
            />
          ))}
        </ul>
      )}
      <RemoveDomain
        domain={leaving}
        isBusy={isBusy}
        problem={problem}
        onRemove={async (domain) => {
          if (await remove(domain.name)) setLeaving(null);
        }}
        onClose={() => setLeaving(null)}
      />
    </>
  );
}
