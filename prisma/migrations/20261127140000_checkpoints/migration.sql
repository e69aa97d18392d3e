-- CreateEnum
CREATE TYPE "CheckpointCause" AS ENUM ('manual', 'deployment', 'restore', 'clone');

-- CreateEnum
CREATE TYPE "CheckpointStatus" AS ENUM ('making', 'ready', 'failed', 'dropping');

-- AlterTable
ALTER TABLE "Site" ADD COLUMN     "restoringId" UUID,
ADD COLUMN     "restoredAt" TIMESTAMPTZ(3),
ADD COLUMN     "cloneOfId" UUID,
ADD COLUMN     "checkpointsAt" TIMESTAMPTZ(3),
ADD COLUMN     "checkpointsBytes" BIGINT;

-- CreateTable
CREATE TABLE "Checkpoint" (
    "id" UUID NOT NULL,
    "siteId" UUID NOT NULL,
    "cause" "CheckpointCause" NOT NULL,
    "label" TEXT,
    "status" "CheckpointStatus" NOT NULL DEFAULT 'making',
    "problem" TEXT,
    "deploymentNumber" INTEGER,
    "keptNumbers" INTEGER[] DEFAULT ARRAY[]::INTEGER[],
    "heldBytes" BIGINT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Checkpoint_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "Checkpoint_siteId_createdAt_idx" ON "Checkpoint"("siteId", "createdAt");

-- CreateIndex
CREATE INDEX "Checkpoint_status_idx" ON "Checkpoint"("status");

-- AddForeignKey
ALTER TABLE "Checkpoint" ADD CONSTRAINT "Checkpoint_siteId_fkey" FOREIGN KEY ("siteId") REFERENCES "Site"("id") ON DELETE CASCADE ON UPDATE CASCADE;
