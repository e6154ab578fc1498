#pragma once
// conf/schema.h: the table of all options. Order is the order of the default file.
#include <span>

#include "conf/field.h"
#include "conf/options.h"

namespace postern::conf {

struct TableInfo {
  std::string_view name;
  std::string_view comment;
};

std::span<const TableInfo> tables();
const std::vector<Field<GatewayOptions>>& fields();
const std::vector<Field<ticketing::InboxOptions>>& inbox_fields();  // of each [[inbox]]

}  // namespace postern::conf
