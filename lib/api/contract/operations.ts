// Everything that the API can be asked.

import { z } from 'zod';
import { ACCOUNT_OPERATIONS, ALERT_OPERATIONS } from './account.ts';
import { ADMIN_OPERATIONS } from './admin.ts';
import { CHECKPOINT_OPERATIONS, SHARING_OPERATIONS, UPSTREAM_OPERATIONS } from './checkpoints.ts';
import { DEPLOYMENT_OPERATIONS } from './deployments.ts';
import { DOMAIN_OPERATIONS } from './domains.ts';
import type { Operation } from './operation.ts';
import { SITE_OPERATIONS } from './sites.ts';

const DOCUMENT: Operation = {
  ...{ id: 'readDocument', method: 'GET', path: '/api/openapi.json', topic: 'This document', need: 'nobody' },
  summary: 'What the API can be asked: this document',
  answers: { 200: z.looseObject({ openapi: z.string(), paths: z.looseObject({}) }) },
};

export const OPERATIONS: Operation[] = [
  DOCUMENT,
  ...SITE_OPERATIONS,
  ...DEPLOYMENT_OPERATIONS,
  ...DOMAIN_OPERATIONS,
  ...CHECKPOINT_OPERATIONS,
  ...SHARING_OPERATIONS,
  ...UPSTREAM_OPERATIONS,
  ...ACCOUNT_OPERATIONS,
  ...ALERT_OPERATIONS,
  ...ADMIN_OPERATIONS,
];
