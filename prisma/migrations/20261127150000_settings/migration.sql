-- AlterEnum
ALTER TYPE "DeploymentCause" ADD VALUE 'redeploy';

-- AlterTable
ALTER TABLE "Deployment" ADD COLUMN     "by" TEXT;

-- AlterTable
ALTER TABLE "Site" ADD COLUMN     "undoUntil" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "OldName" (
    "name" TEXT NOT NULL,
    "siteId" UUID NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "OldName_pkey" PRIMARY KEY ("name")
);

-- CreateIndex
CREATE INDEX "OldName_siteId_idx" ON "OldName"("siteId");

-- CreateIndex
CREATE INDEX "OldName_expiresAt_idx" ON "OldName"("expiresAt");

-- AddForeignKey
ALTER TABLE "OldName" ADD CONSTRAINT "OldName_siteId_fkey" FOREIGN KEY ("siteId") REFERENCES "Site"("id") ON DELETE CASCADE ON UPDATE CASCADE;
