#pragma once
// pipeline/spam/lookalike.h: domains that are made to be taken for one of ours.
// Thread-safety: immutable after construction.  Errors: none.
// Limits: kOwnDomainsMax. Time: linear in our domains, each a comparison of short labels.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace postern::pipeline {

inline constexpr std::size_t kOwnDomainsMax = 1000;  // further ones are not defended

// What one registers: "example.co.uk" of "mail.example.co.uk", by the public suffix list. A name that is itself a
// suffix is its own. Domains in A-labels, lower case. (DMARC has its own way, RFC 9989: what is meant here is what a
// reader takes for the owner.)
std::string_view registrable_domain(std::string_view domain);

class LookalikeDomains {
 public:
  // `own`: A-labels, lower case.
  explicit LookalikeDomains(const std::vector<std::string>& own);

  // One of ours, or below it.
  bool is_own(std::string_view domain) const;
  // Not ours, and made to look so: the same letters to the eye (UTS 39, accents, 0 for o and 1 for l), one slip of the
  // keyboard in a label of five letters or more, our label with a word such as "support" at it, or our domain in front
  // of another one.
  bool resembles(std::string_view domain) const;

 private:
  struct Brand {
    std::string domain;       // ours
    std::string registrable;
    std::string label;        // first of the registrable domain, as readers see it
    std::string suffix;       // the rest of it
    std::u32string letters;   // of the label, folded
    std::string look;
  };
  struct Candidate;
  static bool resembles_one(const Candidate& candidate, const Brand& brand);
  std::vector<Brand> brands_;
};

}  // namespace postern::pipeline
