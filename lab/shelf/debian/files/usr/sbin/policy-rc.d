#!/bin/sh
# Packages installed into an image start no services.
exit 101
