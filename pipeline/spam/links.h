#pragma once
// pipeline/spam/links.h: links whose text shows one host and whose target is another (phishing).
// Thread-safety: pure functions. Time: linear; at most `links_max` links are looked at.
#include <cstdint>
#include <string>
#include <string_view>

namespace postern::pipeline {

// Host of a URL or of text that reads like one ("www.bank.test/login"); lower case, empty when it is neither.
std::string host_of(std::string_view text);
// `html` is sanitised: quoted attributes, balanced tags.
bool has_misleading_link(std::string_view html, std::uint32_t links_max);

}  // namespace postern::pipeline
