// The answer to a number that no deployment of the site has.

import { AppError } from '../errors/app-error.ts';

export function noSuchDeployment(name: string): AppError {
  return new AppError('not-found', {
    message: `The site ${name} has no such deployment.`,
    hint: 'Choose one of the deployments that its page lists.',
  });
}
