#pragma once
// conf/load.h: reads and checks a configuration file. All problems at once, each with file and line: unknown tables and
// keys, wrong types, values out of bounds, files that are missing. Nothing is printed and no secret is read.
// Thread-safety: free functions; blocking, not for request paths.
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "conf/options.h"
#include "conf/value.h"

namespace postern::conf {

struct Loaded {
  GatewayOptions options;         // valid only when there are no problems
  std::vector<Problem> problems;  // in the order of the file
  bool ok() const { return problems.empty(); }
};

Loaded load_file(const std::filesystem::path& file);
// The same over text; `file` is for messages and relative paths. `check_files`: complain about files that are missing.
Loaded load_text(const std::filesystem::path& file, std::string_view text, bool check_files);

// The commented file with these options; options at their default are written as comments, so that an update of
// Postern can improve a default. load_text(render(x)) gives x.
std::string render(const GatewayOptions& options);

// Names of the settings that differ, "smtp.listen", in the order of the file; "inbox" for any of the [[inbox]] tables.
std::vector<std::string> changed_settings(const GatewayOptions& before, const GatewayOptions& after);

}  // namespace postern::conf
