#include "app/privileges.h"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/errc.h"

namespace postern::app {
namespace {

core::Result<void> become(const char* name, uid_t user, gid_t group) {
  const bool has_groups = name != nullptr ? ::initgroups(name, group) == 0 : ::setgroups(0, nullptr) == 0;
  if (!has_groups || ::setresgid(group, group, group) != 0 || ::setresuid(user, user, user) != 0 || ::setuid(0) == 0) {
    return core::fail(core::Errc::kIo, "could not become user " + (name != nullptr ? std::string(name) : std::to_string(user)));
  }
  return {};
}

}  // namespace

core::Result<void> become_user(const std::string& name) {
  if (name.empty() || ::geteuid() != 0) return {};
  const passwd* user = ::getpwnam(name.c_str());
  if (user == nullptr) return core::fail(core::Errc::kInvalid, "server.user: no user " + name);
  if (user->pw_uid == 0) return {};
  return become(user->pw_name, user->pw_uid, user->pw_gid);
}

core::Result<void> become_owner_of(const std::filesystem::path& folder) {
  struct stat facts{};
  if (::geteuid() != 0 || ::stat(folder.c_str(), &facts) != 0 || facts.st_uid == 0) return {};
  const passwd* user = ::getpwuid(facts.st_uid);
  if (user == nullptr) return become(nullptr, facts.st_uid, facts.st_gid);
  return become(user->pw_name, user->pw_uid, user->pw_gid);
}

}  // namespace postern::app
