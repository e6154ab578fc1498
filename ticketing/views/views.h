#pragma once
// ticketing/views/views.h: views: lists of tickets that people set up once and that are then always right. Which tickets are in
// one, in its order, and how many, is kept with every change of a ticket (view_index.h), so reading one costs the same however
// many tickets there are; a new or changed one is filled in the background (view_filler.h).
// Shared views are for everybody or for members of some groups; a personal one is its owner's alone.
// Thread-safety: all methods from any executor.  Ownership: borrows what Services borrows, the redactor and the groups.
// Errors: Errc::kNotFound also for what `by` does not see; Errc::kInvalid, whose context begins with the field;
// auth::Errc::kForbidden; those of the store.  Limits: ViewLimits.
#include <memory>
#include <set>

#include "pipeline/api/redacted_message.h"
#include "ticketing/conditions/stored_facts.h"
#include "ticketing/definitions/definitions.h"
#include "ticketing/views/view_filler.h"
#include "ticketing/views/view_lists.h"

namespace postern::ticketing {

class Views {
 public:
  using Edit = std::function<core::Result<void>(schema::View&)>;

  Views(const Services& with, const pipeline::TextRedactor& redactor, GroupsOf groups_of, ViewLimits limits = {});
  Views(const Views&) = delete;

  TicketIndex& index() { return index_; }
  const ViewLimits& limits() const { return limits_; }

  // Those that `by` sees, by position.
  core::Result<std::vector<schema::View>> visible(const auth::Principal& by) const;
  core::Result<schema::View> find(const auth::Principal& by, std::uint64_t id) const;
  // `edit` changes the view as somebody typed it; then it is redacted and checked. Id 0: a new one. Shared views are changed
  // by those who may set up the workspace, personal ones by their owners.
  core::Task<core::Result<schema::View>> save(auth::Principal by, std::uint64_t id, Edit edit);
  core::Task<core::Result<void>> erase(auth::Principal by, std::uint64_t id, Definitions<schema::View>::Guard guard = {});

  struct Count {
    std::uint64_t view = 0;
    std::optional<std::uint64_t> value;  // exact as of now; nothing: the view is inactive, or being filled for the first time
    int percent = 100;                   // how far lists of its present conditions are filled; below 100 older ones are shown
  };
  core::Result<Count> count(const auth::Principal& by, std::uint64_t id) const;
  core::Result<std::vector<Count>> count_many(const auth::Principal& by, const std::vector<std::uint64_t>& ids) const;  // visible ones

  struct Page {
    std::vector<core::TicketId> tickets;
    std::string after;  // cursor of the next page
    bool has_more = false;
    int percent = 100;
  };
  // In the order of the view, or backward: from its end. A cursor goes on in the direction that it came from.
  core::Result<Page> page(const auth::Principal& by, std::uint64_t id, std::size_t size, const std::string& after,
                          storage::Direction direction = storage::Direction::kForward) const;
  // All of it in another order. kInvalid beyond ViewLimits::sorted_max tickets.
  core::Result<Page> sorted(const auth::Principal& by, std::uint64_t id, ViewColumn column, bool is_descending) const;

  struct Preview {
    std::vector<core::TicketId> tickets;  // in the order of the shape
    std::size_t looked_at = 0;
    bool is_complete = false;  // otherwise: of the tickets that were looked at, newest update first
  };
  core::Result<Preview> preview(const auth::Principal& by, const schema::ViewShape& shape) const;

  // One round of the chores.
  core::Task<core::Result<std::size_t>> fill(core::WorkspaceId workspace, const std::atomic<bool>& is_stopping);
  core::Task<core::Result<std::size_t>> follow_clock(core::WorkspaceId workspace, const std::atomic<bool>& is_stopping);

 private:
  core::Result<bool> sees(const auth::Principal& by, const schema::View& view) const;
  // Of a view that `by` sees, at one moment.
  struct Look;
  core::Result<Look> look(const auth::Principal& by, std::uint64_t id) const;
  core::Result<Look> look_at(std::shared_ptr<const storage::Snapshot> snapshot, const auth::Principal& by, std::uint64_t id) const;
  core::Result<Count> count_of(const Look& look, std::uint64_t id) const;
  core::Result<void> check(const schema::View& view, const std::vector<schema::View>& others) const;
  void clean(core::WorkspaceId workspace, schema::View& view) const;
  core::Task<core::Result<void>> make_default_views(core::WorkspaceId workspace);

  const Services with_;
  const pipeline::TextRedactor& redactor_;
  const GroupsOf groups_of_;
  const ViewLimits limits_;
  ViewPlans plans_;
  ViewIndex index_;
  ViewFiller filler_;
  Definitions<schema::View> definitions_;
  std::mutex mutex_;
  std::set<core::WorkspaceId> have_defaults_;  // known to
};

}  // namespace postern::ticketing
