// The plans: what each gives a site and a user, edited in place.

import type { Metadata } from 'next';
import { KEPT_PLANS, listPlans } from '#lib/plans/plans.ts';
import { AdminHeading, AdminShell } from '../_parts/admin-shell.tsx';
import { NewPlan } from '../_parts/plans/new-plan.tsx';
import { PlanCard } from '../_parts/plans/plan-card.tsx';
import { requireAdminPage } from '../_parts/require-admin-page.ts';

export const metadata: Metadata = { title: 'Plans · Admin' };

export default async function PlansPage() {
  const { db } = await requireAdminPage();
  const plans = await listPlans(db);
  return (
    <AdminShell section="plans">
      <AdminHeading title="Plans">
        A plan’s sites follow its numbers while they run. A limit that a site has of its own stays as it is.
      </AdminHeading>
      <div className="flex flex-col gap-5">
        {plans.map((plan) => (
          <PlanCard key={plan.name} plan={plan} isKept={KEPT_PLANS.includes(plan.name)} />
        ))}
        <NewPlan plans={plans} />
      </div>
    </AdminShell>
  );
}
