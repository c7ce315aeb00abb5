// hiredis' formatter and reader; its sockets are not used.
#pragma once
#include <hiredis/hiredis.h>
