#pragma once
// conf/value.h: a TOML value with the line it stands on, so that every complaint can point at it. The TOML library is
// seen by read_toml.cc only.
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace postern::conf {

struct Value {
  std::variant<bool, std::int64_t, double, std::string, std::vector<std::string>> data;
  std::size_t line = 0;
};

struct Problem {
  std::filesystem::path file;
  std::size_t line = 0;  // 0: the file as a whole
  std::string text;
  std::string to_string() const;  // "postern.toml:12: smtp.listen: not an address and port"
};

struct NamedValue {
  std::string key;
  Value value;
};

// One [table] or one element of an [[array of tables]].
struct Table {
  std::string name;
  bool is_array_element = false;
  std::size_t line = 0;
  std::vector<NamedValue> values;
};

struct Document {
  std::vector<Table> tables;
  std::vector<Problem> problems;  // syntax errors, values of a kind that no option has (dates, nested tables)
};

Document read_toml(const std::filesystem::path& file, std::string_view text);

}  // namespace postern::conf
