#pragma once
// app/security_mail.h: tells people by mail what happened to their account, from the first inbox of their workspace, with
// a null envelope sender: nobody answers it, and nothing bounces back. Who cannot be mailed (no inbox, an address that is
// one of our inboxes, or none) is not told, which the log says.
// Thread-safety: any executor. Ownership: borrows the outbox and the directory.
#include <memory>

#include "auth/second_factors/notices.h"
#include "ticketing/directory.h"
#include "ticketing/outbox.h"

namespace postern::app {

// The text of one notice; pure. `host` is where its reader signs in.
std::string notice_subject(const auth::SecurityNotice& notice);
std::string notice_text(const auth::SecurityNotice& notice, const std::string& host);

auth::NoticePort security_mail(ticketing::Outbox& outbox, std::shared_ptr<const ticketing::Directory> directory, std::string host);

}  // namespace postern::app
