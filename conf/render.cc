#include "conf/load.h"
#include "conf/schema.h"

namespace postern::conf {
namespace {

void append_comment(std::string& out, std::string_view comment) {
  while (!comment.empty()) {
    const auto end = comment.find('\n');
    out += fmt::format("# {}\n", comment.substr(0, end));
    comment = end == std::string_view::npos ? std::string_view{} : comment.substr(end + 1);
  }
}

template <class Options>
void append_field(std::string& out, const Field<Options>& field, const Options& options, const Options& defaults) {
  const std::string value = field.show(options);
  append_comment(out, field.comment);
  out += fmt::format("{}{} = {}\n", value == field.show(defaults) ? "# " : "", field.key, value);
}

std::string show_inboxes(const GatewayOptions& options) {
  std::string out;
  for (const auto& inbox : options.ticketing.inboxes) {
    for (const auto& field : inbox_fields()) out += field.show(inbox) + '\n';
  }
  return out;
}

}  // namespace

std::vector<std::string> changed_settings(const GatewayOptions& before, const GatewayOptions& after) {
  std::vector<std::string> out;
  for (const auto& field : fields()) {
    if (field.show(before) != field.show(after)) out.push_back(fmt::format("{}.{}", field.table, field.key));
  }
  if (show_inboxes(before) != show_inboxes(after)) out.emplace_back("inbox");
  return out;
}

std::string render(const GatewayOptions& options) {
  const GatewayOptions defaults;
  std::string out =
      "# Postern. Commented lines show the default. `postern check --config FILE` finds every mistake at once;\n"
      "# SIGHUP reads certificates, DKIM keys and log_level again; everything else takes effect at a restart.\n";
  for (const TableInfo& table : tables()) {
    out += fmt::format("\n[{}]\n", table.name);
    append_comment(out, table.comment);
    for (const auto& field : fields()) {
      if (field.table == table.name) append_field(out, field, options, defaults);
    }
  }
  const ticketing::InboxOptions inbox_defaults;
  for (const auto& inbox : options.ticketing.inboxes) {
    out += "\n[[inbox]]\n";
    for (const auto& field : inbox_fields()) append_field(out, field, inbox, inbox_defaults);
  }
  return out;
}

}  // namespace postern::conf
