// XCLIENT (postfix.org/XCLIENT_README): a trusted front end says who the client is. Small and strict: ADDR, NAME, HELO,
// from the peers of the options only; everybody else is refused.
#include "core/encoding.h"
#include "smtp/proto/path.h"
#include "smtp/proto/text.h"
#include "smtp/server/admission.h"
#include "smtp/server/session.h"

namespace postern::smtp {
namespace {

std::string decode_xtext(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += core::from_hex(text.substr(i + 1, 2)).value_or("?");
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

bool is_unavailable(std::string_view value) {
  return core::equals_ignoring_case(value, "[UNAVAILABLE]") || core::equals_ignoring_case(value, "[TEMPUNAVAIL]");
}

struct ClientClaim {
  std::optional<net::IpAddress> address;
  std::optional<std::string> name;
  std::optional<std::string> helo;
};

// One ATTRIBUTE=value; false when it is not one of ours or its value not of its form.
bool read_attribute(std::string_view word, ClientClaim& claim) {
  const auto equals = word.find('=');
  if (equals == std::string_view::npos || !is_xtext(word.substr(equals + 1))) return false;
  const std::string_view key = word.substr(0, equals);
  std::string value = decode_xtext(word.substr(equals + 1));
  if (core::equals_ignoring_case(key, "ADDR")) {
    std::string_view text = value;
    if (core::equals_ignoring_case(text.substr(0, 5), "IPV6:")) text.remove_prefix(5);
    const auto address = net::IpAddress::parse(text);
    if (address) claim.address = *address;
    return address.has_value();
  }
  if (is_unavailable(value)) value.clear();
  if (core::equals_ignoring_case(key, "NAME")) {
    claim.name = core::to_lower_ascii(value);
    return value.empty() || (is_domain(value) && is_ascii(value));
  }
  if (core::equals_ignoring_case(key, "HELO")) {
    claim.helo = value;
    return value.empty() || is_helo_name(value);
  }
  return false;
}

}  // namespace

// Answers with a new greeting: the session begins anew as that client's.
Answer Session::xclient(std::string_view argument) {
  if (!context_.trusts(peer_ip_)) return refuse(550, "5.7.0", "Not authorised", Refusal::kXclient);
  if (tx_) return refuse(503, "5.5.1", "A transaction is open", Refusal::kSequence);
  ClientClaim claim;
  argument = core::trim_ascii(argument);
  do {
    const auto end = argument.find(' ');
    if (!read_attribute(argument.substr(0, end), claim)) {
      return refuse(501, "5.5.4", "Bad XCLIENT attribute", Refusal::kXclient);
    }
    argument = end == std::string_view::npos ? std::string_view() : core::trim_ascii(argument.substr(end));
  } while (!argument.empty());
  if (claim.address) {
    client_ip_ = *claim.address;
    if (auto block = find_block(context_, client_ip_)) return *block;
  }
  if (claim.name) client_name_ = *claim.name;
  if (claim.helo) claimed_helo_ = *claim.helo;
  helo_.clear();
  is_esmtp_ = false;
  return {220, {}, options_.hostname + " ESMTP " + options_.banner};
}

}  // namespace postern::smtp
