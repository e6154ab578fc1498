// Names, domains and list entries that strangers or operators wrote: no crash, bounds kept, what has a complaint matches
// nothing, our own domain never resembles itself.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "pipeline/sender/domain_name.h"
#include "pipeline/sender/sender_list.h"
#include "pipeline/spam/name_key.h"
#include "pipeline/spam/spoof.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace pipeline = postern::pipeline;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string text(input.substr(0, input.find('\n')));
  const std::string_view other = input.substr(std::min(text.size() + 1, input.size()));

  if (pipeline::name_key(text).size() > 64 * pipeline::kNameBytesMax) std::abort();
  static const pipeline::LookalikeDomains ours({"postern.com", "help.acmeworks.example"});
  for (const std::string& domain : pipeline::domains_in_name(text, ours)) {
    if (!pipeline::is_dns_name(domain)) std::abort();
  }
  if (const auto domain = pipeline::to_a_labels(text)) {
    ours.resembles(*domain);
    if (pipeline::LookalikeDomains({*domain}).resembles(*domain)) std::abort();
  }
  ours.resembles(text);

  const pipeline::SenderList list({text});
  const pipeline::EmailAddress address = pipeline::split_address(other);
  const bool finds = list.find_address(address) || list.find_domain(other) || list.find_any();
  if (pipeline::sender_entry_complaint(text) && (finds || !list.empty())) std::abort();
  return 0;
}
