#include <fmt/format.h>

#include <toml++/toml.h>

#include "conf/value.h"

namespace postern::conf {
namespace {

class Walker {
 public:
  Walker(const std::filesystem::path& file, Document& out) : file_(file), out_(out) {}

  void walk(const toml::table& root) {
    Table top;
    for (const auto& [key, node] : root) {
      const std::string name(key.str());
      if (const auto* table = node.as_table()) {
        out_.tables.push_back(convert(*table, name, false));
      } else if (const auto* array = node.as_array(); array != nullptr && array->is_array_of_tables()) {
        for (const auto& element : *array) out_.tables.push_back(convert(*element.as_table(), name, true));
      } else {
        add(top, name, node);
      }
    }
    if (!top.values.empty()) out_.tables.push_back(std::move(top));
  }

 private:
  Table convert(const toml::table& table, std::string name, bool is_element) {
    Table out;
    out.name = std::move(name);
    out.is_array_element = is_element;
    out.line = table.source().begin.line;
    for (const auto& [key, node] : table) add(out, std::string(key.str()), node);
    return out;
  }

  void add(Table& table, std::string key, const toml::node& node) {
    Value value;
    value.line = node.source().begin.line;
    if (const auto* flag = node.as_boolean()) {
      value.data = flag->get();
    } else if (const auto* integer = node.as_integer()) {
      value.data = integer->get();
    } else if (const auto* number = node.as_floating_point()) {
      value.data = number->get();
    } else if (const auto* text = node.as_string()) {
      value.data = text->get();
    } else if (const auto* array = node.as_array()) {
      std::vector<std::string> items;
      for (const auto& item : *array) {
        const auto* word = item.as_string();
        if (word == nullptr) return complain(value.line, table, key);
        items.push_back(word->get());
      }
      value.data = std::move(items);
    } else {
      return complain(value.line, table, key);
    }
    table.values.push_back({std::move(key), std::move(value)});
  }

  void complain(std::size_t line, const Table& table, const std::string& key) {
    out_.problems.push_back({file_, line, fmt::format("{}.{}: not a value of any option (text, number, true or false, or a list of texts)",
                                                      table.name, key)});
  }

  const std::filesystem::path& file_;
  Document& out_;
};

}  // namespace

std::string Problem::to_string() const {
  return line == 0 ? fmt::format("{}: {}", file.string(), text) : fmt::format("{}:{}: {}", file.string(), line, text);
}

Document read_toml(const std::filesystem::path& file, std::string_view text) {
  Document out;
  try {
    const toml::table root = toml::parse(text, file.string());
    Walker(file, out).walk(root);
  } catch (const toml::parse_error& error) {
    out.problems.push_back({file, error.source().begin.line, fmt::format("not TOML: {}", error.description())});
  }
  return out;
}

}  // namespace postern::conf
