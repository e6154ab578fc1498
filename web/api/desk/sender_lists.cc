// Whom a workspace always lets in, and whom it keeps out.
#include "web/api/desk/intake_handlers.h"
#include "web/api/schemas.h"

namespace postern::web::api {
namespace {

using ticketing::ListedSender;
using ticketing::SenderList;

constexpr std::string_view kListWords = "allow or block";

core::Result<ticketing::SenderLists*> senders_of(Context& context) {
  if (context.services.desk == nullptr) return core::fail(Errc::kNotFound);
  return &context.services.desk->senders();
}

std::optional<SenderList> read_sender_list(Form& form) {
  const std::optional<std::string> word = form.text("list", 16);
  if (!word) return std::nullopt;
  const auto list = ticketing::parse_sender_list(*word);
  if (!list) form.refuse("list", "InvalidValue", std::string(kListWords));
  return list;
}

}  // namespace

json::object sender_json(const ListedSender& sender) {
  json::object out;
  out["id"] = sender.id;
  out["url"] = "/api/v2/sender_lists/" + std::to_string(sender.id);
  out["pattern"] = sender.pattern;
  out["list"] = ticketing::to_string(sender.list);
  out["note"] = sender.note;
  out["created_at"] = timestamp(sender.created_unix_ms);
  out["updated_at"] = timestamp(sender.updated_unix_ms);
  return out;
}

Answer list_senders(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::SenderLists* const senders, senders_of(context));
  POSTERN_CO_TRY(const NumberPage page, read_number_page(request, context.options));
  const std::string_view word = request.query_value("filter[list]").value_or(std::string_view());
  const auto wanted = ticketing::parse_sender_list(word);
  if (!word.empty() && !wanted)
    co_return invalid_field(request, "filter[list]", "InvalidValue", std::string(kListWords));
  POSTERN_CO_TRY(const std::vector<ListedSender> all, senders->all(request.who().workspace));
  json::array list;
  std::uint64_t last = 0;
  bool has_more = false;
  for (const ListedSender& each : all) {
    if (each.id <= page.after || (wanted && each.list != *wanted)) continue;
    has_more = list.size() == page.size;
    if (has_more) break;
    list.push_back(sender_json(each));
    last = each.id;
  }
  json::object out;
  out["sender_lists"] = std::move(list);
  add_page(out, request, has_more, last == 0 ? std::string() : std::to_string(last), page.size);
  co_return json_response(200, out);
}

Answer show_sender(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::SenderLists* const senders, senders_of(context));
  POSTERN_CO_TRY(const ListedSender found,
                 senders->find(request.who().workspace, read_number(request.param("id")).value()));
  json::object out;
  out["sender_list"] = sender_json(found);
  co_return json_response(200, out);
}

// A pattern that is listed already moves to the list that is named.
Answer create_sender(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::SenderLists* const senders, senders_of(context));
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  Form outer(body, "");
  const json::object object = outer.object("sender_list");
  Form form(object, "sender_list");
  refuse_others(outer, body, "SenderListBody");
  refuse_others(form, object, "SenderListWrite");
  std::string pattern = form.required_text("pattern", senders->limits().pattern_bytes_max);
  const std::optional<SenderList> list = read_sender_list(form);
  if (form.ok() && !list) form.refuse("list", "BlankValue", std::string(kListWords));
  std::string note = form.text("note", senders->limits().note_bytes_max).value_or(std::string());
  if (form.ok() && !ticketing::normal_sender_pattern(pattern))
    form.refuse("pattern", "InvalidValue", "an address, a domain, or *");
  form.adopt(outer);
  if (!form.ok()) co_return form.response(request);
  POSTERN_CO_TRY(const ListedSender made,
                 co_await senders->add(request.who(), std::move(pattern), *list, std::move(note)));
  json::object out;
  out["sender_list"] = sender_json(made);
  Response response = json_response(201, out);
  response.set("Location", "/api/v2/sender_lists/" + std::to_string(made.id));
  co_return response;
}

// Its list and its note; another pattern is another entry.
Answer update_sender(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::SenderLists* const senders, senders_of(context));
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  Form outer(body, "");
  const json::object object = outer.object("sender_list");
  Form form(object, "sender_list");
  refuse_others(outer, body, "SenderListBody");
  refuse_others(form, object, "SenderListWrite");
  if (form.has("pattern")) form.refuse("pattern", "InvalidValue", "cannot be changed; make another entry");
  const std::optional<SenderList> list = read_sender_list(form);
  std::optional<std::string> note = form.text("note", senders->limits().note_bytes_max);
  form.adopt(outer);
  if (!form.ok()) co_return form.response(request);
  const std::uint64_t id = read_number(request.param("id")).value();
  POSTERN_CO_TRY(const ListedSender changed, co_await senders->change(request.who(), id, list, std::move(note)));
  json::object out;
  out["sender_list"] = sender_json(changed);
  co_return json_response(200, out);
}

Answer delete_sender(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::SenderLists* const senders, senders_of(context));
  POSTERN_CO_CHECK(co_await senders->remove(request.who(), read_number(request.param("id")).value()));
  Response response;
  response.status = 204;
  co_return response;
}

}  // namespace postern::web::api
