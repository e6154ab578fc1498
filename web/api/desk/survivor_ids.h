#pragma once
// web/api/desk/survivor_ids.h: queries that name somebody by the id of a person who was merged into another one: the other one is
// meant, whose the tickets are. Words and phrases that are searched for stay as they are.
// Thread-safety: pure over the store.  Errors: those of the store.  Limits: kPeopleLookedUpMax of one query; the rest stays.
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "core/ids.h"
#include "core/result.h"

namespace postern::web {

inline constexpr std::size_t kPeopleLookedUpMax = 50;

// Whose the tickets of that person are; 0: his own.
using FindSurvivor = std::function<core::Result<core::UserId>(core::UserId)>;

core::Result<std::string> with_survivors(std::string_view query, const FindSurvivor& find);

}  // namespace postern::web
