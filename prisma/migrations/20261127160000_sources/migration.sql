-- AlterEnum
ALTER TYPE "DeploymentCause" ADD VALUE 'fetch';

-- CreateTable
CREATE TABLE "Upstream" (
    "siteId" UUID NOT NULL,
    "url" TEXT NOT NULL,
    "branch" TEXT,
    "sealedSecret" TEXT NOT NULL,
    "wantedAt" TIMESTAMPTZ(3),
    "commit" TEXT,
    "fetchedAt" TIMESTAMPTZ(3),
    "problem" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Upstream_pkey" PRIMARY KEY ("siteId")
);

-- CreateIndex
CREATE INDEX "Upstream_wantedAt_idx" ON "Upstream"("wantedAt");

-- AddForeignKey
ALTER TABLE "Upstream" ADD CONSTRAINT "Upstream_siteId_fkey" FOREIGN KEY ("siteId") REFERENCES "Site"("id") ON DELETE CASCADE ON UPDATE CASCADE;
