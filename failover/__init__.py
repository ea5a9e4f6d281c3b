"""Keeps every service instance at one owner, and moves it when its data centre is lost."""
