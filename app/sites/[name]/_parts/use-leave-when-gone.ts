// From the page of a site that is gone, back to the launch page, after the words that say so could be read.

'use client';

import { useRouter } from 'next/navigation';
import { useEffect } from 'react';

const LEAVE_MS = 2_500;

export function useLeaveWhenGone(isGone: boolean): void {
  const router = useRouter();
  useEffect(() => {
    if (!isGone) return;
    const timer = setTimeout(() => router.push('/'), LEAVE_MS);
    return () => clearTimeout(timer);
  }, [isGone, router]);
}
