# postern_embed(OUTPUT file.cc NAMESPACE postern::web FILES a.html b.js …): files as byte arrays in a generated source
# that defines `std::span<const EmbeddedFile> embedded_files()`. Run as a script (cmake -P) it does the writing.
if(NOT CMAKE_SCRIPT_MODE_FILE)
  set(postern_embed_script ${CMAKE_CURRENT_LIST_FILE})
  function(postern_embed)
    cmake_parse_arguments(arg "" "OUTPUT;HEADER;NAMESPACE" "FILES" ${ARGN})
    list(TRANSFORM arg_FILES PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
    string(JOIN "|" joined ${arg_FILES})
    add_custom_command(OUTPUT ${arg_OUTPUT}
      COMMAND ${CMAKE_COMMAND} -DOUTPUT=${arg_OUTPUT} -DHEADER=${arg_HEADER} -DNAMESPACE=${arg_NAMESPACE}
              "-DFILES=${joined}" -P ${postern_embed_script}
      DEPENDS ${arg_FILES} ${postern_embed_script} VERBATIM)
  endfunction()
  return()
endif()

string(REPLACE "|" ";" files "${FILES}")
set(arrays "")
set(table "")
set(index 0)
foreach(path IN LISTS files)
  file(READ ${path} hex HEX)
  file(SHA256 ${path} hash)
  get_filename_component(name ${path} NAME)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
  string(APPEND arrays "constexpr unsigned char kBytes${index}[] = {${bytes}};\n")
  string(APPEND table "    {\"${name}\", \"${hash}\", kBytes${index}, sizeof kBytes${index}},\n")
  math(EXPR index "${index} + 1")
endforeach()
file(WRITE ${OUTPUT}.tmp "// Generated from web/ui by cmake/EmbedFiles.cmake.
#include \"${HEADER}\"

namespace ${NAMESPACE} {
namespace {
${arrays}
constexpr EmbeddedFile kFiles[] = {
${table}};
}  // namespace
std::span<const EmbeddedFile> embedded_files() { return kFiles; }
}  // namespace ${NAMESPACE}
")
file(RENAME ${OUTPUT}.tmp ${OUTPUT})
