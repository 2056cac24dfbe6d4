# Helpers for the project's own targets. (Plugins: sdk/cmake/MtcPlugin.cmake.)

# mtc_add_library(NAME mtc_base SOURCES a.cpp b.cpp DEPS fmt::fmt [PRIVATE_DEPS ...])
#   A static library of core/ or plugins/support/. DEPS are public, PRIVATE_DEPS are not.
function(mtc_add_library)
  cmake_parse_arguments(ARG "" "NAME" "SOURCES;DEPS;PRIVATE_DEPS" ${ARGN})
  add_library(${ARG_NAME} STATIC ${ARG_SOURCES})
  target_link_libraries(${ARG_NAME} PUBLIC mtc_sdk ${ARG_DEPS} PRIVATE mtc_settings ${ARG_PRIVATE_DEPS})
endfunction()

# mtc_add_test(NAME base_digest_test SOURCES digest_test.cpp DEPS mtc_base [LABELS default])
#   One GoogleTest program, registered with ctest. Labels: `default` unless said (`accuracy` is the slow set).
#   The test finds built files by MTC_BUILD_DIR and sources by MTC_SOURCE_DIR (compile definitions).
function(mtc_add_test)
  cmake_parse_arguments(ARG "" "NAME;TIMEOUT" "SOURCES;DEPS;LABELS" ${ARGN})
  if(NOT ARG_LABELS)
    set(ARG_LABELS default)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  add_executable(${ARG_NAME} ${ARG_SOURCES})
  set_target_properties(${ARG_NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
  target_compile_options(${ARG_NAME} PRIVATE -O1)  # Tests are compiled more often than they run long.
  target_link_libraries(${ARG_NAME} PRIVATE mtc_settings mtc_test_support ${ARG_DEPS} GTest::gtest GTest::gmock
    GTest::gtest_main)
  add_test(NAME ${ARG_NAME} COMMAND ${ARG_NAME})
  set_tests_properties(${ARG_NAME} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT}
    ENVIRONMENT "OPENBLAS_NUM_THREADS=1;OMP_NUM_THREADS=1;LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/leaks.supp:print_suppressions=0")
endfunction()
