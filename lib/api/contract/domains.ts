// A site's domains.

import { z } from 'zod';
import type { DomainList } from '../../domains/view.ts';
import { type Operation, TIME } from './operation.ts';

export const NEW_DOMAIN = z.object({ name: z.string().max(300).describe('Such as shop.example.org.') });

const DOMAIN = z
  .object({
    name: z.string(),
    state: z
      .enum(['unproved', 'elsewhere', 'ordering', 'plain', 'secure'])
      .describe('Whether it waits for its TXT record, leads elsewhere, waits for its certificate, or is served.'),
    address: z.url(),
    records: z.array(
      z.object({
        type: z.enum(['TXT', 'CNAME', 'A', 'AAAA']),
        name: z.string(),
        value: z.string(),
        isThere: z.boolean(),
      }),
    ),
    problem: z.string().nullable(),
    lookedAt: TIME.nullable(),
    certificateEndsAt: TIME.nullable(),
  })
  .meta({ id: 'Domain' });
const DOMAINS = z.object({ domains: z.array(DOMAIN), max: z.int() }) satisfies z.ZodType<DomainList>;

const topic = 'Domains';
const one = '/api/sites/{name}/domains/{domain}';

export const DOMAIN_OPERATIONS: Operation[] = [
  {
    ...{ id: 'listDomains', method: 'GET', path: '/api/sites/{name}/domains', topic, need: 'view' },
    summary: 'The domains of a site, with the records that each needs',
    answers: { 200: DOMAINS },
  },
  {
    ...{ id: 'addDomain', method: 'POST', path: '/api/sites/{name}/domains', topic, need: 'own' },
    summary: 'Add a domain; one that is there stays as it is',
    body: NEW_DOMAIN,
    answers: { 201: z.object({ domain: DOMAIN }) },
  },
  {
    ...{ id: 'removeDomain', method: 'DELETE', path: one, topic, need: 'own' },
    summary: 'Remove a domain, and its certificate',
    answers: { 200: z.object({ name: z.string(), status: z.literal('removed') }) },
  },
  {
    ...{ id: 'lookAtDomain', method: 'POST', path: `${one}/look`, topic, need: 'develop' },
    summary: 'Have DNS asked about a domain now',
    answers: { 202: z.object({ name: z.string(), look: z.literal('under way') }) },
  },
];
