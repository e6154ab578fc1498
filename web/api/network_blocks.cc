// Networks that get no connection, for mail and for the web (C-09): those that people added; what the configuration and its
// feeds list is only counted. A block holds for the whole instance, so these are offered where it has a single workspace;
// otherwise its operator has them (`postern network`).
#include <algorithm>

#include "auth/block_book.h"
#include "auth/errc.h"
#include "core/errc.h"
#include "pipeline/api/ascii_mask.h"
#include "web/api/handlers.h"
#include "web/api/json.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

constexpr std::size_t kNetworkBytesMax = 64;
constexpr std::int64_t kHoursMax = std::int64_t{10} * 365 * 24;

core::Error not_offered() {
  return core::fail(Errc::kNotFound, "blocks hold for every workspace of this instance: its operator sets them");
}

core::Result<net::IpNetwork> read_network(std::string_view text) {
  core::Result<net::IpNetwork> network = net::IpNetwork::parse(std::string(text));
  if (!network) return core::fail(core::Errc::kInvalid, "not an address or a range such as 192.0.2.0/24");
  return network;
}

json::object block_json(const net::Block& block) {
  json::object out;
  out["network"] = block.network.to_string();
  out["reason"] = block.reason;
  out["until"] = block.until ? json::value(core::to_rfc3339(*block.until)) : json::value(nullptr);
  return out;
}

json::array feeds_json(const std::vector<net::BlockFeedState>& feeds) {
  json::array out;
  for (const net::BlockFeedState& each : feeds) {
    json::object one;
    one["url"] = each.url;
    one["holds_for"] = each.door == net::Door::kMail ? "mail" : "web";
    one["networks"] = each.networks;
    one["fetched_at"] = each.fetched ? json::value(core::to_rfc3339(*each.fetched)) : json::value(nullptr);
    one["problem"] = each.problem.empty() ? json::value(nullptr) : json::value(each.problem);
    out.push_back(std::move(one));
  }
  return out;
}

// A whole number of hours, or none: for good.
std::optional<std::chrono::hours> read_hours(Form& form, const json::object& object) {
  const json::value* given = object.if_contains("hours");
  if (given == nullptr || given->is_null()) return std::nullopt;
  boost::system::error_code wrong;
  const std::int64_t hours = given->is_number() ? given->to_number<std::int64_t>(wrong) : 0;
  if (!wrong && hours >= 1 && hours <= kHoursMax) return std::chrono::hours(hours);
  form.refuse("hours", "InvalidValue", "a whole number from 1 to 87600, or null: until it is removed");
  return std::nullopt;
}

}  // namespace

Answer list_network_blocks(Request&, Context& context) {
  auth::BlockBook* const book = context.services.block_book;
  if (book == nullptr) co_return not_offered();
  POSTERN_CO_TRY(const std::vector<net::Block> blocks, book->blocks());
  json::array list;
  for (const net::Block& each : blocks) list.push_back(block_json(each));
  json::object out;
  out["count"] = list.size();
  out["network_blocks"] = std::move(list);
  if (context.services.block_feeds) out["feeds"] = feeds_json(context.services.block_feeds());
  out["listed_by_configuration"] = context.services.blocks == nullptr ? 0 : context.services.blocks->listed();
  co_return json_response(200, out);
}

Answer add_network_block(Request& request, Context& context) {
  auth::BlockBook* const book = context.services.block_book;
  if (book == nullptr) co_return not_offered();
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form outer(body, "");
  const json::object object = outer.object("network_block");
  Form form(object, "network_block");
  const std::string text = form.required_text("network", kNetworkBytesMax);
  const core::Result<net::IpNetwork> network = read_network(text);
  if (!network && !text.empty()) form.refuse("network", "InvalidFormat", network.error().context());
  const std::string reason = form.required_text("reason", auth::BlockBook::kReasonBytesMax);
  if (std::ranges::any_of(reason, [](char c) { return c < ' ' || c > '~'; })) {
    form.refuse("reason", "InvalidFormat", "one line of printable ASCII: it stands in replies of SMTP");
  }
  const std::optional<std::chrono::hours> hours = read_hours(form, object);
  const core::Result<net::IpAddress> own = net::IpAddress::parse(request.client_ip);
  const bool shuts_out = network && own && network->contains(*own);
  if (shuts_out && !form.boolean("confirm_lockout").value_or(false)) {
    form.refuse("network", "ConfirmationNeeded", "your own address, " + request.client_ip + ", is in it: confirm_lockout, if that is meant");
  }
  form.adopt(outer);
  if (!form.ok()) co_return form.response(request);
  net::Block block;
  block.network = *network;
  block.reason = pipeline::with_ascii_masks(reason, context.services.redactor.redact_text(reason, {"reason", request.who().workspace, {}}).text());
  if (hours) block.until = context.services.clock.wall_now() + *hours;
  const std::vector<auth::Principal> by{request.who()};
  const core::Result<void> added = co_await book->add(by, block);
  if (!added && added.error() == core::Errc::kInvalid) co_return invalid_field(request, "network_block", "InvalidValue", added.error().context());
  POSTERN_CO_CHECK(added);
  json::object out;
  out["network_block"] = block_json(block);
  co_return json_response(201, out);
}

Answer remove_network_block(Request& request, Context& context) {
  auth::BlockBook* const book = context.services.block_book;
  if (book == nullptr) co_return not_offered();
  const core::Result<net::IpNetwork> network = read_network(request.query_value("network").value_or(""));
  if (!network) co_return invalid_field(request, "network", "InvalidFormat", network.error().context());
  const std::vector<auth::Principal> by{request.who()};
  POSTERN_CO_CHECK(co_await book->remove(by, *network));
  Response response;
  response.status = 204;
  co_return response;
}

}  // namespace postern::web::api
