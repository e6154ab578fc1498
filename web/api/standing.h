#pragma once
// web/api/standing.h: whether somebody may still do what a request of his began, for answers that last longer than a moment: the
// same questions as before a request.
// Thread-safety: any executor; reads the store.  Ownership: borrows.
#include "auth/principal.h"
#include "web/services.h"

namespace postern::web {

// False when the account, the credential, the permission, the inboxes or the way in from that network is gone.
bool still_stands(Services& services, const auth::Principal& who, auth::Permission permission);

}  // namespace postern::web
