# postern_library and postern_test are the only ways to add code: explicit file lists, one set of warnings,
# a link test per library that fails on an undeclared dependency.

add_library(postern_build INTERFACE)  # what every target of ours is compiled with
target_compile_options(postern_build INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast -Werror
  -Wno-unused-parameter -Wno-sign-conversion -fno-omit-frame-pointer
  $<$<BOOL:${POSTERN_UNITY}>:-Wno-shadow>)  # of a neighbour in the unit: the builds without units warn of the rest
target_compile_definitions(postern_build INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED BOOST_BEAST_SEPARATE_COMPILATION
  BOOST_ASIO_DISABLE_BOOST_COROUTINE BOOST_ENABLE_ASSERT_HANDLER)
target_include_directories(postern_build INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/generated)
target_include_directories(postern_build SYSTEM INTERFACE ${Boost_INCLUDE_DIRS})
target_link_libraries(postern_build INTERFACE OpenSSL::SSL OpenSSL::Crypto fmt::fmt Threads::Threads)

# The heavy third-party headers, precompiled once and shared by every target.
file(WRITE ${PROJECT_BINARY_DIR}/pch.cc "")
add_library(postern_pch OBJECT ${PROJECT_BINARY_DIR}/pch.cc)
target_link_libraries(postern_pch PRIVATE postern_build)
target_compile_options(postern_pch PRIVATE -Xclang -fno-pch-timestamp)
set(postern_pch_headers
  <boost/asio/awaitable.hpp> <boost/asio/co_spawn.hpp> <boost/asio/use_awaitable.hpp> <boost/asio/as_tuple.hpp>
  <boost/asio/any_io_executor.hpp> <boost/asio/steady_timer.hpp> <boost/asio/ip/tcp.hpp> <boost/asio/post.hpp>
  <boost/system/result.hpp> <string> <string_view> <vector> <memory> <map> <functional> <chrono> <optional>
  <mutex> <span> <unordered_map> <fmt/format.h>)
target_precompile_headers(postern_pch PRIVATE ${postern_pch_headers})

# The same and GoogleTest for the tests, with POSTERN_TEST_OPTIONS: sanitizer presets compile tests without optimising,
# which halves the time; what is tested is compiled as ever.
if(POSTERN_TESTS)
  file(WRITE ${PROJECT_BINARY_DIR}/test_pch.cc "")
  add_library(postern_test_pch OBJECT ${PROJECT_BINARY_DIR}/test_pch.cc)
  target_link_libraries(postern_test_pch PRIVATE postern_build GTest::gtest GTest::gmock)
  target_compile_options(postern_test_pch PRIVATE -Xclang -fno-pch-timestamp ${POSTERN_TEST_OPTIONS})
  target_precompile_headers(postern_test_pch PRIVATE ${postern_pch_headers} <gtest/gtest.h> <gmock/gmock.h>)
endif()

# With POSTERN_UNITY, several sources of a target are one compilation: half the time, see unity_groups.py.
function(postern_unite target)
  if(NOT POSTERN_UNITY)
    return()
  endif()
  execute_process(COMMAND python3 ${PROJECT_SOURCE_DIR}/cmake/unity_groups.py ${ARGN}
    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} OUTPUT_VARIABLE lines COMMAND_ERROR_IS_FATAL ANY)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  string(REGEX MATCHALL "[0-9]+;[^\n]+" pairs "${lines}")
  while(pairs)
    list(POP_FRONT pairs group source)
    set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${target}_${group})
  endwhile()
endfunction()

# postern_library(name [GLUE] HEADERS a.h … SOURCES a.cc … DEPS postern libraries … EXTERNAL imported targets … PCH headers …)
# GLUE is for what waits for others rather than computing: compiled as the tests are, see postern_test.
# PCH: heavy headers that most of its sources include, precompiled beside the shared ones.
function(postern_library name)
  cmake_parse_arguments(arg "GLUE" "" "HEADERS;SOURCES;DEPS;EXTERNAL;PCH" ${ARGN})
  add_library(postern_${name} STATIC ${arg_SOURCES} ${arg_HEADERS})
  postern_unite(postern_${name} ${arg_SOURCES})
  list(TRANSFORM arg_DEPS PREPEND postern_)
  target_link_libraries(postern_${name} PUBLIC ${arg_DEPS} PRIVATE ${arg_EXTERNAL} postern_build)
  target_include_directories(postern_${name} PUBLIC ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/generated)
  target_compile_options(postern_${name} PRIVATE -Xclang -fno-pch-timestamp)
  if(arg_GLUE AND POSTERN_TESTS AND POSTERN_TEST_OPTIONS)
    target_compile_options(postern_${name} PRIVATE ${POSTERN_TEST_OPTIONS})
  endif()
  if(arg_PCH)
    target_precompile_headers(postern_${name} PRIVATE ${postern_pch_headers} ${arg_PCH})
  elseif(arg_GLUE AND POSTERN_TESTS AND POSTERN_TEST_OPTIONS)
    target_precompile_headers(postern_${name} REUSE_FROM postern_test_pch)
  else()
    target_precompile_headers(postern_${name} REUSE_FROM postern_pch)
  endif()
  set_property(GLOBAL APPEND PROPERTY postern_libraries ${name})
  if(POSTERN_TESTS)
    add_executable(linktest_${name} ${PROJECT_SOURCE_DIR}/tests/support/link_test.cc)
    target_link_libraries(linktest_${name} PRIVATE "$<LINK_LIBRARY:WHOLE_ARCHIVE,postern_${name}>")
    add_test(NAME link.${name} COMMAND linktest_${name})
  endif()
endfunction()

# postern_test(name SOURCES … DEPS … [LABEL unit|sim] [EXTERNAL …] [PCH headers …] [THREADED sources …]): one GoogleTest binary
# a module. THREADED: of SOURCES, what ThreadSanitizer is to see and what that needs; without it, all of them.
function(postern_test name)
  cmake_parse_arguments(arg "" "LABEL" "SOURCES;DEPS;EXTERNAL;PCH;THREADED" ${ARGN})
  if(NOT POSTERN_TESTS)
    return()
  endif()
  if(NOT arg_LABEL)
    set(arg_LABEL unit)
  endif()
  if(POSTERN_THREADED_TESTS AND arg_THREADED)
    set(arg_SOURCES ${arg_THREADED})
  endif()
  add_executable(${name}_test ${arg_SOURCES})
  postern_unite(${name}_test ${arg_SOURCES})
  list(TRANSFORM arg_DEPS PREPEND postern_)
  target_link_libraries(${name}_test PRIVATE ${arg_DEPS} ${arg_EXTERNAL} postern_build GTest::gtest GTest::gmock GTest::gtest_main)
  target_compile_options(${name}_test PRIVATE -Xclang -fno-pch-timestamp -Wno-gnu-zero-variadic-macro-arguments ${POSTERN_TEST_OPTIONS})
  if(arg_PCH)
    target_precompile_headers(${name}_test PRIVATE ${postern_pch_headers} <gtest/gtest.h> <gmock/gmock.h> ${arg_PCH})
  else()
    target_precompile_headers(${name}_test REUSE_FROM postern_test_pch)
  endif()
  target_compile_definitions(${name}_test PRIVATE POSTERN_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  add_test(NAME ${arg_LABEL}.${name} COMMAND ${name}_test)
  set_tests_properties(${arg_LABEL}.${name} PROPERTIES LABELS ${arg_LABEL} TIMEOUT 300)
endfunction()

# postern_fuzzer(name SOURCE DEPS … [EXTERNAL …]): a libFuzzer target; its corpus is tests/fuzz/corpus/<name>.
function(postern_fuzzer name source)
  cmake_parse_arguments(arg "" "" "DEPS;EXTERNAL" ${ARGN})
  if(NOT POSTERN_FUZZ)
    return()
  endif()
  list(TRANSFORM arg_DEPS PREPEND postern_)
  add_executable(fuzz_${name} ${source})
  target_link_libraries(fuzz_${name} PRIVATE ${arg_DEPS} ${arg_EXTERNAL} postern_build)
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  set_property(GLOBAL APPEND PROPERTY postern_fuzzers ${name})
endfunction()

# postern_proto(target file.proto …): Protocol Buffers code under generated/, as a library of its own warnings.
function(postern_proto target)
  set(out ${PROJECT_BINARY_DIR}/generated)
  set(sources)
  foreach(proto IN LISTS ARGN)
    file(RELATIVE_PATH rel ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR}/${proto})
    string(REGEX REPLACE "\\.proto$" "" stem ${rel})
    add_custom_command(OUTPUT ${out}/${stem}.pb.cc ${out}/${stem}.pb.h
      COMMAND ${CMAKE_COMMAND} -E make_directory ${out}
      COMMAND protobuf::protoc --proto_path=${PROJECT_SOURCE_DIR} --cpp_out=${out} ${PROJECT_SOURCE_DIR}/${rel}
      DEPENDS ${PROJECT_SOURCE_DIR}/${rel})
    list(APPEND sources ${out}/${stem}.pb.cc)
  endforeach()
  add_library(${target} STATIC ${sources})
  target_include_directories(${target} SYSTEM PUBLIC ${out})
  target_link_libraries(${target} PUBLIC protobuf::libprotobuf)
  # Generated: sanitizers find nothing of ours in it, and optimising it is the longest compilation of all.
  target_compile_options(${target} PRIVATE -w ${POSTERN_TEST_OPTIONS})
endfunction()
