#pragma once
// web/api/context.h: what a handler may use beside its request. One for all requests of a server.
#include "web/api/change_hub.h"
#include "web/api/desk/export_door.h"
#include "web/api/pending_uploads.h"
#include "web/options.h"
#include "web/server/drain_signal.h"
#include "web/server/router.h"
#include "web/services.h"

namespace postern::web::customer {
class FormGate;
}

namespace postern::web {

struct Context {
  Services& services;
  const WebOptions& options;
  PendingUploads& uploads;
  ChangeHub& changes;
  DrainSignal& drain;
  const Router& router;
  customer::FormGate& forms;
  ExportDoor& exports;
};

}  // namespace postern::web
