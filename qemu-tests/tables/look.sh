#!/bin/sh
cat /etc/greeting-link /etc/greeting-beside > /run/greeting
ls -l /etc/greeting >> /run/greeting
ls /usr/bin > /run/programs
