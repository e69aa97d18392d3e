// Which field of a form an error is about: it is told beside that one.

import type { Problem } from './call-api.ts';

const FIELD_OF: Record<string, 'email' | 'password' | 'current'> = {
  'bad-email': 'email',
  'bad-password': 'password',
};

export interface FieldProblems {
  email?: string;
  password?: string;
  current?: string;
  /** What is about no field. */
  form?: Problem;
}

/** `wrong`: the field that a wrong password was typed in, where the form has one of its own for it. Pure. */
export function fieldProblems(problem: Problem | null, wrong?: 'current'): FieldProblems {
  if (!problem) return {};
  const field = problem.code === 'bad-sign-in' ? wrong : FIELD_OF[problem.code ?? ''];
  return field ? { [field]: `${problem.message} ${problem.hint}` } : { form: problem };
}
