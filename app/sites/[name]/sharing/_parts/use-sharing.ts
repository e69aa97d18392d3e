// Who shares a site, changed over the API and read again after each change.

'use client';

import { useState } from 'react';
import type { SharingView } from '#lib/api/sharing.ts';
import { callApi, type Problem } from '../../../../_components/call-api.ts';
import type { Role } from '../../../../_components/role-words.ts';

export interface Sharing {
  view: SharingView;
  /** The link of the newest invitation, where none is mailed. */
  link: { email: string; url: string } | null;
  problem: Problem | null;
  /** What was done, for screen readers. */
  said: string;
  isBusy: boolean;
  invite(email: string, role: Role): Promise<boolean>;
  changeRole(userId: string, role: Role): Promise<boolean>;
  remove(userId: string): Promise<boolean>;
  withdraw(id: string): Promise<boolean>;
}

export function useSharing(name: string, initial: SharingView): Sharing {
  const [view, setView] = useState(initial);
  const [link, setLink] = useState<Sharing['link']>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [said, setSaid] = useState('');
  const [isBusy, setBusy] = useState(false);
  const members = `/api/sites/${name}/members`;

  const act = async <Data>(
    method: 'POST' | 'PATCH' | 'DELETE',
    path: string,
    body: unknown,
    done: string,
  ): Promise<Data | null> => {
    setBusy(true);
    const answer = await callApi<Data>(method, path, body);
    const list = await callApi<SharingView>('GET', members);
    if (list.ok) setView(list.data);
    setBusy(false);
    setProblem(answer.ok ? null : answer.problem);
    setSaid(answer.ok ? done : '');
    return answer.ok ? answer.data : null;
  };

  return {
    ...{ view, link, problem, said, isBusy },
    async invite(email, role) {
      const made = await act<{ link: string | null }>('POST', members, { email, role }, `${email} is invited.`);
      if (made) setLink(made.link === null ? null : { email, url: made.link });
      return made !== null;
    },
    changeRole: async (userId, role) =>
      (await act('PATCH', members, { userId, role }, `The role is ${role} now.`)) !== null,
    remove: async (userId) => (await act('DELETE', members, { userId }, 'The member was removed.')) !== null,
    withdraw: async (id) =>
      (await act('DELETE', `/api/sites/${name}/invitations`, { id }, 'The invitation was withdrawn.')) !== null,
  };
}
