-- AlterEnum
ALTER TYPE "DeploymentCause" ADD VALUE 'environment';

-- AlterTable
ALTER TABLE "Site" ADD COLUMN     "environmentIn" TEXT,
ADD COLUMN     "environmentRevision" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "liveEnvironment" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "Deployment" ADD COLUMN     "environmentRevision" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "Environment" (
    "siteId" UUID NOT NULL,
    "revision" INTEGER NOT NULL,
    "sealed" JSONB NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Environment_pkey" PRIMARY KEY ("siteId","revision")
);

-- AddForeignKey
ALTER TABLE "Environment" ADD CONSTRAINT "Environment_siteId_fkey" FOREIGN KEY ("siteId") REFERENCES "Site"("id") ON DELETE CASCADE ON UPDATE CASCADE;
