#pragma once
// app/privileges.h: for a process that was started by root and must not stay root: a server after binding its ports, and
// a command that writes into the data folder, whose files the server must be able to read afterwards.
// Not for a process with other threads. Errors: core::Errc::kInvalid for an unknown user, kIo when the change fails.
#include <filesystem>
#include <string>

#include "core/result.h"

namespace postern::app {

// No change when `name` is empty or the process is not root's.
core::Result<void> become_user(const std::string& name);
// No change when the process is not root's, or the folder is root's or not there.
core::Result<void> become_owner_of(const std::filesystem::path& folder);

}  // namespace postern::app
