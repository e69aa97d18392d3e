// What may be a password: long enough, and not what everybody tries first. No rules about kinds of characters (NIST SP
// 800-63B, 5.1.1.2).

import { AppError } from '../errors/app-error.ts';

export const PASSWORD_LENGTH_MIN = 10;
export const PASSWORD_LENGTH_MAX = 200;
const DISTINCT_MIN = 5;

/** Of ten characters and more; shorter ones are refused for their length. */
const COMMONEST = new Set(
  `0987654321 1029384756 111222tianya 11223344556 123123123123 12345678901 1234567890a 123456789a 123456789q 1234qwerasdf
1234qwerty 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx3edc 1qazxsw23edc a123456789 a1b2c3d4e5 aa12345678 abc1234567 abcd1234567
administrator adminadmin admin12345 admin123456 alexander1 asdfasdfasdf asdfghjkl1 asdfghjkl123 asdfghjkl; basketball
basketball1 butterfly1 changeme123 changemenow charlie123 chocolate1 christopher computer123 consultant correcthorse
default123 dragon12345 football123 footballer gfhjkmgfhjkm hello12345 hello123456 helloworld iloveyou12 iloveyou123
iloveyouso jennifer123 letmein123 letmein1234 liverpool1 lovelovelove manchester master12345 michael123 michelle123
minecraft1 mynameis123 newpassword ncc1701ncc1701 p@ssw0rd123 p@ssword123 pa55word123 pass123456 passpasspass passw0rd12
passw0rd123 password01 password1! password10 password11 password12 password123 password123! password1234 password12345
password2024 password2025 password2026 passwordpassword princess123 q1w2e3r4t5 q1w2e3r4t5y6 qazwsxedc123 qazwsxedcrfv
qwe123qwe123 qweasdzxc123 qwer123456 qwerty1234 qwerty12345 qwerty123456 qwertyqwerty qwertyuiop qwertyuiop1
qwertyuiop123 qwertyuiop[] rootrootroot rootpassword samsung123 secret1234 starwars123 sunshine12 sunshine123 superman123
supersecret test123456 testtesttest trustno1trustno1 unbelievable university welcome123 welcome1234 welcome2024
welcome2025 welcome2026 whatever123 yourpassword zaq12wsxcde3 zxcvbnm123 zxcvbnm,./`.split(/\s+/),
);

/** The same characters, however they were typed (NFKC). */
export function plainPassword(text: string): string {
  return text.normalize('NFKC');
}

/** Throws `bad-password` with what is wrong with it. Pure. */
export function judgePassword(text: string, email: string): void {
  const password = plainPassword(text);
  const length = [...password].length;
  if (length < PASSWORD_LENGTH_MIN) {
    throw badPassword(`A password has at least ${PASSWORD_LENGTH_MIN} characters; this one has ${length}.`);
  }
  if (length > PASSWORD_LENGTH_MAX) {
    throw badPassword(`A password has at most ${PASSWORD_LENGTH_MAX} characters; this one has ${length}.`);
  }
  const lower = password.toLowerCase();
  if (COMMONEST.has(lower) || isRow(lower)) throw badPassword('That password is among the first that others try.');
  if (new Set(lower).size < DISTINCT_MIN) throw badPassword('That password is a few characters again and again.');
  if (lower === email || lower === email.split('@')[0]) throw badPassword('That password is your e-mail address.');
}

/** Neighbours all the way: "1234567890", "abcdefghijk", "zyxwvutsrq". */
function isRow(text: string): boolean {
  const codes = [...text].map((letter) => letter.codePointAt(0) ?? 0);
  const steps = new Set(codes.slice(1).map((code, index) => code - (codes[index] ?? 0)));
  steps.delete(-9); // 9 to 0, as on a keyboard
  return steps.size === 1 && (steps.has(1) || steps.has(-1));
}

function badPassword(message: string): AppError {
  return new AppError('bad-password', {
    message,
    hint: 'Take three or four words that only you would put together, or let your browser make one up.',
  });
}
