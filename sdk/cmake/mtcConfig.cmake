# find_package(mtc): the target mtc_sdk (headers) and mtc_add_plugin(), for plugins built outside mtc's tree.
if(NOT TARGET mtc_sdk)
  get_filename_component(mtc_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
  add_library(mtc_sdk INTERFACE IMPORTED GLOBAL)
  set_target_properties(mtc_sdk PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${mtc_prefix}/include")
endif()

# Where plugins and target documents are built; a folder for --plugin and MTC_PLUGIN_PATH.
if(NOT MTC_PLUGIN_OUTPUT_DIRECTORY)
  set(MTC_PLUGIN_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/lib/mtc/plugins")
endif()

include("${CMAKE_CURRENT_LIST_DIR}/MtcPlugin.cmake")
