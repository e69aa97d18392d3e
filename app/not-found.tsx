// For an address that leads nowhere, and for a site that is somebody else's: the two must not differ.

import { MessagePage } from './_components/message-page.tsx';

export default function NotFound() {
  return (
    <MessagePage title="No light here.">
      <p>There is nothing at this address. A site’s page opens in the browser that launched it, or with its account.</p>
    </MessagePage>
  );
}
