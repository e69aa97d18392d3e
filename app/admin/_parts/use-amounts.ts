// The state of a form of amounts: what was typed, and which numbers differ from those that are in force.

'use client';

import { useState } from 'react';
import { type LimitField, parseAmount, writeAmount } from './limit-fields.ts';

export type Numbers<Name extends string> = Record<Name, number | null>;

export interface Amounts<Name extends string> {
  text(name: Name): string;
  set(name: Name, text: string): void;
  isWrong(name: Name): boolean;
  /** Null where a field was emptied. */
  changes: Partial<Numbers<Name>>;
  hasChanges: boolean;
  isRight: boolean;
  reset(): void;
}

/** `initial` may change while the form is open: what was not touched follows. */
export function useAmounts<Name extends string>(
  fields: LimitField<Name>[],
  initial: Numbers<Name>,
  mayBeEmpty: (name: Name) => boolean,
): Amounts<Name> {
  const [typed, setTyped] = useState<Partial<Record<Name, string>>>({});
  const textOf = ({ name, unit }: LimitField<Name>) => {
    const value = initial[name];
    return typed[name] ?? (value === null ? '' : writeAmount(unit, value));
  };
  const judged = fields.map((field) => {
    const text = textOf(field).trim();
    const value = text === '' ? null : parseAmount(field.unit, text);
    return { field, value, isWrong: value === null && !(text === '' && mayBeEmpty(field.name)) };
  });
  const differing = judged.filter(({ field, value, isWrong }) => !isWrong && value !== initial[field.name]);
  return {
    text: (name) => fields.filter((field) => field.name === name).map(textOf)[0] ?? '',
    set: (name, text) => setTyped((before) => ({ ...before, [name]: text })),
    isWrong: (name) => judged.some(({ field, isWrong }) => field.name === name && isWrong),
    changes: Object.fromEntries(differing.map(({ field, value }) => [field.name, value])) as Partial<Numbers<Name>>,
    hasChanges: differing.length > 0,
    isRight: judged.every(({ isWrong }) => !isWrong),
    reset: () => setTyped({}),
  };
}
