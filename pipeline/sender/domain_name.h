#pragma once
// pipeline/sender/domain_name.h: domain names as authentication compares them: A-labels in lower case, no final dot.
// Thread-safety: free functions.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postern::pipeline {

// Lower-case A-labels of `text` (IDNA 2008 by UTS 46); nullopt when it is no domain name of LDH labels (an underscore
// is allowed) or is longer than DNS allows.
std::optional<std::string> to_a_labels(std::string_view text);
// True for a name of labels of 1 to 63 bytes, 253 in all; says nothing of the characters.
bool is_dns_name(std::string_view name);
// `name` equals `ancestor` or ends in "." + ancestor; both in lower case.
bool is_same_or_subdomain(std::string_view name, std::string_view ancestor);
std::size_t count_labels(std::string_view name);
// The last `count` labels of `name`; all of it when it has fewer.
std::string last_labels(std::string_view name, std::size_t count);

}  // namespace postern::pipeline
