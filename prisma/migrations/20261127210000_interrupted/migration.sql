ALTER TABLE "Deployment" ADD COLUMN "interrupted" BOOLEAN NOT NULL DEFAULT false;
