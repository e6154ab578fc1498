#include "smtp/server/refusal_log.h"

#include "core/encoding.h"
#include "pipeline/api/card_digits.h"

namespace postern::smtp {
namespace {

bool fits_address(std::string_view wanted, std::string_view address) {
  if (wanted.empty()) return true;
  if (!wanted.starts_with('@')) return core::equals_ignoring_case(wanted, address);
  return address.size() >= wanted.size() && core::equals_ignoring_case(address.substr(address.size() - wanted.size()), wanted);
}

bool fits(const RefusedAttempt& one, const RefusalLog::Wish& wish) {
  if (!wish.client_ip.empty() && one.client_ip != wish.client_ip) return false;
  if (wish.trace && one.trace != *wish.trace) return false;
  return fits_address(wish.mail_from, one.mail_from) && fits_address(wish.rcpt, one.rcpt);
}

// Masked first: what is left of a number that was cut in its middle would be found by nobody.
void keep_of(std::string& text) {
  text = pipeline::mask_card_digits(text);
  if (text.size() > RefusalLog::kTextBytesMax) text.resize(RefusalLog::kTextBytesMax);
}

}  // namespace

void RefusalLog::add(RefusedAttempt attempt) {
  for (std::string* text : {&attempt.helo, &attempt.mail_from, &attempt.rcpt, &attempt.text}) keep_of(*text);
  const std::lock_guard lock(mutex_);
  auto& kept = attempt.mail_from.empty() && attempt.rcpt.empty() ? unnamed_ : named_;
  kept.push_back(std::move(attempt));
  if (kept.size() <= kept_max_) return;
  kept.pop_front();
  ++forgotten_;
}

std::vector<RefusedAttempt> RefusalLog::find(const Wish& wanted) const {
  Wish wish = wanted;  // as what is kept
  for (std::string* address : {&wish.mail_from, &wish.rcpt}) *address = pipeline::mask_card_digits(*address);
  std::vector<RefusedAttempt> out;
  const std::lock_guard lock(mutex_);
  auto named = named_.rbegin();
  auto unnamed = unnamed_.rbegin();
  while (out.size() < wish.count_max && (named != named_.rend() || unnamed != unnamed_.rend())) {
    const bool takes_named = unnamed == unnamed_.rend() || (named != named_.rend() && named->at >= unnamed->at);
    const RefusedAttempt& next = takes_named ? *named++ : *unnamed++;
    if (fits(next, wish)) out.push_back(next);
  }
  return out;
}

std::uint64_t RefusalLog::forgotten() const {
  const std::lock_guard lock(mutex_);
  return forgotten_;
}

}  // namespace postern::smtp
