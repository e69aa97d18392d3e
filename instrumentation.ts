// Runs once when the server starts: a server that is told to stop ends its event streams, which would hold it open.

export async function register(): Promise<void> {
  // A constant of the build, which keeps the import out of the edge runtime's bundle.
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const { closeServicesAtExit } = await import('#lib/api/services.ts');
  closeServicesAtExit();
}
