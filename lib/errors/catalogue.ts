// Every error that a person may see: its code, its HTTP status, whether trying again can help. The words are written
// where the error is made, because they carry the numbers.

export const CATALOGUE = {
  'bad-request': { httpStatus: 400, retryable: false },
  'bad-name': { httpStatus: 400, retryable: false },
  'bad-key': { httpStatus: 400, retryable: false },
  'name-taken': { httpStatus: 409, retryable: false },
  'foreign-origin': { httpStatus: 403, retryable: false },
  'not-found': { httpStatus: 404, retryable: false },
  'too-many-launches': { httpStatus: 429, retryable: true },
  'too-many-sites': { httpStatus: 429, retryable: false },
  'too-many-requests': { httpStatus: 429, retryable: true },
  'over-total': { httpStatus: 409, retryable: false },
  'plan-in-use': { httpStatus: 409, retryable: false },
  'too-many-keys': { httpStatus: 409, retryable: false },
  'no-session': { httpStatus: 401, retryable: false },
  'bad-target': { httpStatus: 400, retryable: false },
  'bad-confirmation': { httpStatus: 400, retryable: false },
  'too-many-channels': { httpStatus: 409, retryable: false },
  'mail-off': { httpStatus: 409, retryable: false },
  'host-full': { httpStatus: 503, retryable: true },
  'did-not-wake': { httpStatus: 503, retryable: true },
  'site-held': { httpStatus: 409, retryable: false },
  'admin-only': { httpStatus: 403, retryable: false },
  'site-not-ready': { httpStatus: 409, retryable: true },
  'deployment-running': { httpStatus: 409, retryable: true },
  'no-earlier-release': { httpStatus: 409, retryable: false },
  'disk-full': { httpStatus: 507, retryable: false },
  'push-refused': { httpStatus: 422, retryable: false },
  'build-failed': { httpStatus: 422, retryable: false },
  'check-failed': { httpStatus: 422, retryable: false },
  interrupted: { httpStatus: 503, retryable: true },
  'engine-away': { httpStatus: 503, retryable: true },
  'setting-invalid': { httpStatus: 500, retryable: false },
  'setup-failed': { httpStatus: 500, retryable: false },
} as const;

export type ErrorCode = keyof typeof CATALOGUE;
