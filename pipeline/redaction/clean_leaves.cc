#include "pipeline/redaction/clean_leaves.h"

#include <utility>

namespace postern::pipeline {

CleanLeaves::Labels CleanLeaves::labels_of(const Part& part, bool allows_8bit) {
  return {part.media_type, part.media_subtype, part.charset, part.filename, part.encoding, part.is_attachment(), allows_8bit};
}

void CleanLeaves::begin_pass(std::shared_ptr<const Message> message) {
  message_before_ = std::exchange(message_, std::move(message));
  leaves_before_ = std::exchange(leaves_, {});
}

std::optional<CleanLeaves::Outcome> CleanLeaves::find(const Part& part, bool allows_8bit) const {
  const auto known = leaves_before_.find(part.path);
  if (known == leaves_before_.end() || known->second.labels != labels_of(part, allows_8bit)) return std::nullopt;
  if (message_before_->view(known->second.body) != message_->view(part.body)) return std::nullopt;
  return known->second.outcome;
}

void CleanLeaves::note(const Part& part, bool allows_8bit, Outcome outcome) {
  leaves_.insert_or_assign(part.path, Leaf{labels_of(part, allows_8bit), part.body, outcome});
}

}  // namespace postern::pipeline
