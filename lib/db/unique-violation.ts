// Two wished for the same at the same moment: a unique index decided (Prisma's P2002).

import { Prisma } from './generated/client.ts';

export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002';
}
