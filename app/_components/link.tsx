// A link within the app that fetches its page when it is followed, not when it comes into sight: every view of a page would
// otherwise ask the server for four to six more.

import NextLink from 'next/link';
import type { ComponentProps } from 'react';

export function Link(props: ComponentProps<typeof NextLink>) {
  return <NextLink {...props} prefetch={false} />;
}
